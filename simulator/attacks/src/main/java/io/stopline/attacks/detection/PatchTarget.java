package io.stopline.attacks.detection;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.List;

/**
 * One frame that a patch is to work in. Several frames of one object make one attack on its track.
 *
 * @param frame unaltered
 * @param window of the frame, inside which the patches stay; the terms are made for it
 * @param sites where each patch is in this frame, px; inside the window
 * @param terms what the attacker wants there, summed
 */
public record PatchTarget(
    Image frame, Region window, List<Region> sites, List<? extends LossTerm> terms) {

  public PatchTarget {
    sites = List.copyOf(sites);
    terms = List.copyOf(terms);
  }
}
