/**
 * Attacks on detectors by patches in the picture: hide an object, create one, give one another
 * label. They know neither files nor scenes: what is attacked is a sum of {@link
 * io.stopline.attacks.detection.LossTerm}s, and what counts is said by a {@link
 * io.stopline.attacks.detection.PatchJudge} that looks at finished 8-bit frames.
 */
@NullMarked
package io.stopline.attacks.detection;

import org.jspecify.annotations.NullMarked;
