/**
 * Attacks that something in front of the camera could carry out, in image space: each is a painter
 * with a hand-written adjoint, optimised under expectation over viewing conditions (Athalye et al.
 * 2018). Shadows and light follow the conventions of the scene's alterations: they mix in linear
 * light.
 */
@NullMarked
package io.stopline.attacks.physical;

import org.jspecify.annotations.NullMarked;
