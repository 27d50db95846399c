package io.stopline.tflite;

import static org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteOk;

import com.sun.jna.Pointer;
import io.stopline.sdk.model.DelegatePreference;
import java.util.function.Consumer;
import org.bytedeco.tensorflowlite.Interpreter;
import org.bytedeco.tensorflowlite.TfLiteDelegate;

/** Creates delegates other than XNNPACK, after asking the machine whether they can be there. */
final class Delegates {

  private Delegates() {}

  /** A native delegate that this process owns. */
  static final class Handle implements AutoCloseable {
    private final String name;
    private final Pointer delegate;
    private final Consumer<Pointer> destroyer;
    private boolean closed;

    Handle(String name, Pointer delegate, Consumer<Pointer> destroyer) {
      this.name = name;
      this.delegate = delegate;
      this.destroyer = destroyer;
    }

    String name() {
      return name;
    }

    long address() {
      return Pointer.nativeValue(delegate);
    }

    /**
     * Lets the delegate take the nodes it wants.
     *
     * @throws DelegateUnavailableException if it fails to
     */
    void applyTo(String model, Interpreter interpreter) {
      int status = interpreter.ModifyGraphWithDelegate(new TfLiteDelegate(new Address(address())));
      if (status != kTfLiteOk) {
        throw new DelegateUnavailableException(
            "delegate '%s' failed to take model '%s' (status %d)".formatted(name, model, status));
      }
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        destroyer.accept(delegate);
      }
    }
  }

  /** JavaCPP offers no public way to point at an address that it did not allocate. */
  private static final class Address extends org.bytedeco.javacpp.Pointer {
    Address(long value) {
      super((org.bytedeco.javacpp.Pointer) null);
      this.address = value;
    }
  }

  /**
   * Asks this machine whether the delegate can be there, without running any of its code.
   *
   * @throws DelegateUnavailableException if it cannot
   */
  static void askPlatform(String delegate) {
    if (delegate.equals(DelegatePreference.NNAPI)) {
      throw new DelegateUnavailableException(
          "delegate 'nnapi' exists on Android only; this is " + System.getProperty("os.name"));
    }
    if (delegate.equals(DelegatePreference.GPU)) {
      GpuDelegate.ask();
    } else {
      ExternalDelegate.ask(delegate, DelegatePreference.externalLibrary(delegate));
    }
  }

  /**
   * Creates a delegate.
   *
   * @throws DelegateUnavailableException if it is missing here or its library refuses
   */
  static Handle create(String delegate) {
    askPlatform(delegate);
    if (delegate.equals(DelegatePreference.GPU)) {
      return GpuDelegate.create();
    }
    return ExternalDelegate.create(delegate, DelegatePreference.externalLibrary(delegate));
  }
}
