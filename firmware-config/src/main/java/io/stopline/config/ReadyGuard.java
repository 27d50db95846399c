package io.stopline.config;

import io.stopline.sdk.guard.Guard;
import io.stopline.tflite.PassedOver;
import java.util.List;

/**
 * A guard that was made from a bundle, and what health should say of its members. Closing it closes
 * the guard and frees the models.
 *
 * @param guard belongs to one thread at a time
 * @param members in the policy's order
 */
public record ReadyGuard(Guard guard, List<Member> members) implements AutoCloseable {

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
    members = List.copyOf(members);
  }

  @Override
  public void close() {
    guard.close();
  }
}
