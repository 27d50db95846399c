package io.stopline.campaign.robustness;

import io.stopline.attacks.Victim;
import io.stopline.autodiff.ImageShape;
import java.util.Map;

/** What a run attacks, and who rules on it. Belongs to one thread. */
public interface AttackTarget extends AutoCloseable {

  /** For people. */
  String name();

  /** SHA-256 of all that decides its answers, by what it is: {@code model:NAME}, {@code policy}. */
  Map<String, String> hashes();

  /** Size of the images that it takes. */
  ImageShape shape();

  /** Number of classes. */
  int classes();

  /** What attacks see. */
  Victim victim();

  /** What counts. */
  Judge judge();

  /** Why there are no gradients; empty if there are. */
  String withoutGradients();

  @Override
  void close();
}
