package io.stopline.campaign.robustness;

import io.stopline.attacks.adaptive.LocalTwin;
import io.stopline.config.Bundle;
import io.stopline.sdk.guard.GuardPolicy;
import java.util.ArrayList;
import java.util.List;

/** The maps of local scores that a policy's checks look at, rebuilt with gradients. */
public final class LocalTwins {

  private LocalTwins() {}

  /**
   * Rebuilds them; mostly none.
   *
   * @return the caller's to close
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   * @throws io.stopline.autodiff.UnsupportedOperatorException if one has no gradients
   */
  public static List<LocalTwin> open(Bundle bundle, GuardPolicy policy) {
    List<LocalTwin> opened = new ArrayList<>();
    boolean done = false;
    try {
      for (String model : policy.models()) {
        if (!policy.windowsOf(model).isEmpty()) {
          opened.add(LocalTwin.open(model, bundle.modelBytes(model), bundle.model(model).input()));
        }
      }
      done = true;
      return opened;
    } finally {
      if (!done) {
        opened.forEach(LocalTwin::close);
      }
    }
  }
}
