/** In WebKit, as GTK has it. */
import { testIn } from './suite.js';

testIn('webkit');
