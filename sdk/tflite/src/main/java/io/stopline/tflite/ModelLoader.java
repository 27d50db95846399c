package io.stopline.tflite;

import io.stopline.sdk.model.DelegatePreference;
import io.stopline.sdk.model.DelegateSelector;
import io.stopline.sdk.model.VisionModel;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a model on the first delegate of an ordered preference that is there, works, and agrees
 * with the CPU on reference inputs. Each platform is asked what it can do; what is passed over is
 * logged and returned with its reason.
 */
public final class ModelLoader {

  /** How long a foreign delegate may take to load and run a model once, in a process of its own. */
  private static final Duration TRIAL_TIMEOUT = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(ModelLoader.class);

  private ModelLoader() {}

  /**
   * Opens a model. A delegate from a vendor's library is tried in a child process first, so that
   * its crash or hang is a reason to pass it over and not the end of this process.
   *
   * @param name what messages call the model
   * @param bytes the {@code .tflite} file
   * @param options the ordered preference; XNNPACK is the last resort even if it is not listed
   * @throws InvalidModelException if the model cannot be run on the CPU either
   * @throws IllegalArgumentException if a reference input does not fit the model
   * @throws IllegalStateException if TensorFlow Lite itself cannot be loaded on this machine
   */
  public static LoadedModel open(
      String name, byte[] bytes, RuntimeOptions options, ReferenceCheck check) {
    DelegateSelector.Selection selection =
        DelegateSelector.select(
            options.delegates(),
            delegate -> openOn(delegate, name, bytes, options),
            check.inputs(),
            check.tolerance());
    List<PassedOver> passedOver =
        selection.passedOver().stream().map(p -> new PassedOver(p.delegate(), p.reason())).toList();
    String delegate = selection.model().delegate();
    for (PassedOver p : passedOver) {
      LOG.warn(
          "model '{}': delegate '{}' is passed over: {}; it runs on '{}'",
          name,
          p.delegate(),
          p.reason(),
          delegate);
    }
    LOG.info("model '{}' runs on '{}'", name, delegate);
    return new LoadedModel(selection.model(), delegate, passedOver);
  }

  private static VisionModel openOn(
      String delegate, String name, byte[] bytes, RuntimeOptions options) {
    RuntimeOptions single = options.withDelegates(delegate);
    if (!delegate.equals(DelegatePreference.XNNPACK)) {
      Delegates.askPlatform(delegate);
      TrialInference.tryDelegate(name, bytes, single, TRIAL_TIMEOUT);
    }
    return TfLiteModel.load(name, bytes, single);
  }
}
