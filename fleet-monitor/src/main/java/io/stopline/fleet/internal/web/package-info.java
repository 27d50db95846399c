/** The page on loopback and its JSON API. */
@NullMarked
package io.stopline.fleet.internal.web;

import org.jspecify.annotations.NullMarked;
