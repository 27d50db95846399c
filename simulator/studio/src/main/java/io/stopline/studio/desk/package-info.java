/**
 * The studio: a page on this machine on which drives are looked at, altered, judged and compared,
 * campaigns are searched for their worst cases, and commands are started and watched.
 */
@NullMarked
package io.stopline.studio.desk;

import org.jspecify.annotations.NullMarked;
