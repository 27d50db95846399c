package io.stopline.config;

import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.pipeline.RegionProposer;
import io.stopline.tflite.PassedOver;
import java.util.List;

/**
 * A guard that was made from a bundle, what finds signs for it, and what health should say of its
 * models. Closing it closes guard and finder and frees the models.
 *
 * @param guard belongs to one thread at a time
 * @param finder the policy's detector, or colour and shape where it has none; belongs to one thread
 *     at a time
 * @param witnesses the detectors that check on the finder, in the policy's order; each belongs to
 *     one thread at a time
 * @param members the policy's members in its order, then the finder's detector, the verifier and
 *     the witnesses' detectors, if there are any
 */
public record ReadyGuard(
    Guard guard, RegionProposer finder, List<RegionProposer> witnesses, List<Member> members)
    implements AutoCloseable {

  /**
   * @param model its name
   * @param delegate where it really runs
   * @param passedOver delegates that were preferred and are not used, with the reasons
   */
  public record Member(String model, String delegate, List<PassedOver> passedOver) {
    public Member {
      passedOver = List.copyOf(passedOver);
    }
  }

  public ReadyGuard {
    witnesses = List.copyOf(witnesses);
    members = List.copyOf(members);
  }

  @Override
  public void close() {
    finder.close();
    witnesses.forEach(RegionProposer::close);
    guard.close();
  }
}
