/** What attacks did to a model or a guard: figures, what they do not prove, and the page. */
@NullMarked
package io.stopline.evaluation.robustness;

import org.jspecify.annotations.NullMarked;
