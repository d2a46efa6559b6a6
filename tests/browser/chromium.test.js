/** In Chromium. */
import { testIn } from './suite.js';

testIn('chromium');
