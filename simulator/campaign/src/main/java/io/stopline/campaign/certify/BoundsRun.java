package io.stopline.campaign.certify;

import io.stopline.campaign.robustness.RunFolder;
import io.stopline.evaluation.model.ModelReading;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

final class BoundsRun {
  private BoundsRun() {}

  static CertifyRun of(
      ModelReading model,
      CertifyPlan plan,
      CertifyPlan.Boxes boxes,
      CertifyInputs inputs,
      List<String> classNames,
      @Nullable RunFolder folder,
      BooleanSupplier cancelled,
      DoubleConsumer share,
      List<String> notes) {
    throw new IllegalArgumentException("bounds come next");
  }
}
