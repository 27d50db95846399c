/**
 * Where frames come from: cameras, folders, packed sets and standard input, and the thread that
 * reads them.
 */
@NullMarked
package io.stopline.agent.source;

import org.jspecify.annotations.NullMarked;
