/** What the pages that this program serves on loopback have in common. */
@NullMarked
package io.stopline.studio.web;

import org.jspecify.annotations.NullMarked;
