/** In Firefox. */
import { testIn } from './suite.js';

testIn('firefox');
