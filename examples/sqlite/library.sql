-- A library of 20,000 books by 500 authors.
CREATE TABLE author(author_id INTEGER PRIMARY KEY, author TEXT NOT NULL);
CREATE TABLE book(book_id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES author, title TEXT NOT NULL,
                  year INTEGER NOT NULL, price REAL, cover BLOB);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
INSERT INTO author SELECT i, 'Author ' || i FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO book SELECT i, 1 + i * 7919 % 500, 'Book "' || i || '"', 1800 + i * 104729 % 200, i / 8.0,
                        CASE WHEN i % 10 = 0 THEN zeroblob(3) END FROM n;
CREATE INDEX book_year ON book(year);
