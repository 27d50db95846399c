package io.stopline.campaign.detectorattack;

import io.stopline.sdk.image.Region;

/**
 * What is attacked: a real object, or a place where one is to be seen.
 *
 * @param id position in the list of the run, from 0
 * @param frame position of its frame in the data
 * @param box of the object or the place, px of the frame, inside it
 * @param label the detector's label of the object; of a place, what is to be seen there
 * @param wanted the label that counts as success; −1 for any wrong one
 * @param guardLabel the label that a guard behind the detector has of the object; −1 for none
 */
public record AttackedObject(int id, int frame, Region box, int label, int wanted, int guardLabel) {

  /** The same in another box. */
  AttackedObject at(Region other) {
    return new AttackedObject(id, frame, other, label, wanted, guardLabel);
  }
}
