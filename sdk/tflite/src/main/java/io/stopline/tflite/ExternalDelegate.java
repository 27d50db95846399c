package io.stopline.tflite;

import com.sun.jna.Callback;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A delegate in a shared library of its own, by TensorFlow Lite's external delegate interface
 * ({@code tensorflow/lite/delegates/external/external_delegate_interface.h}: {@code
 * tflite_plugin_create_delegate}, {@code tflite_plugin_destroy_delegate}).
 *
 * <p>The plugin's two functions are called directly. TensorFlow Lite's own wrapper returns a
 * delegate even for a library that is missing and aborts the process later.
 */
final class ExternalDelegate {

  private static final String CREATE = "tflite_plugin_create_delegate";
  private static final String DESTROY = "tflite_plugin_destroy_delegate";
  private static final int RTLD_NOW = 2;

  /** {@code void (*report_error)(const char*)}. */
  interface ErrorCallback extends Callback {
    void invoke(Pointer message);
  }

  /** Keeps the last thing that the library complained about. */
  private static final class ErrorSink implements ErrorCallback {
    private volatile String last = "";

    @Override
    public void invoke(Pointer message) {
      last = message.getString(0);
    }
  }

  private ExternalDelegate() {}

  /**
   * @return the library's absolute path
   * @throws DelegateUnavailableException if the library is missing or not one for this machine
   */
  static Path ask(String name, String library) {
    Path path = Path.of(library).toAbsolutePath();
    if (!Files.isRegularFile(path)) {
      throw unavailable(name, "there is no file " + path + "; install the vendor's library there");
    }
    if (Platform.isLinux()) {
      String problem = ElfFile.problem(path);
      if (problem != null) {
        throw unavailable(
            name, path + " " + problem + "; install the vendor's build for this board");
      }
    }
    return path;
  }

  /**
   * @throws DelegateUnavailableException if the library is missing, cannot be loaded, is no
   *     external delegate, or creates none
   */
  static Delegates.Handle create(String name, String library) {
    Path path = ask(name, library);
    NativeLibrary loaded = open(name, path);
    Function create = function(name, loaded, CREATE);
    Function destroy = function(name, loaded, DESTROY);
    ErrorSink errors = new ErrorSink();
    Pointer delegate = create.invokePointer(new Object[] {Pointer.NULL, Pointer.NULL, 0L, errors});
    if (delegate == null) {
      loaded.close();
      throw unavailable(
          name,
          "its library created no delegate"
              + (errors.last.isEmpty() ? "" : " (it says: " + errors.last + ")")
              + "; check that its device is present");
    }
    return new Delegates.Handle(
        name,
        delegate,
        d -> {
          errors.last = ""; // Also keeps the sink reachable: the library may report at any time.
          destroy.invokeVoid(new Object[] {d});
          loaded.close();
        });
  }

  private static NativeLibrary open(String name, Path path) {
    try {
      // All symbols now (a missing one must show here, not in a drive) and for this library only.
      return NativeLibrary.getInstance(
          path.toString(), Map.of(com.sun.jna.Library.OPTION_OPEN_FLAGS, RTLD_NOW));
    } catch (UnsatisfiedLinkError e) {
      throw unavailable(name, path + " cannot be loaded: " + e.getMessage());
    }
  }

  private static Function function(String name, NativeLibrary library, String symbol) {
    try {
      return library.getFunction(symbol);
    } catch (UnsatisfiedLinkError e) {
      library.close();
      throw unavailable(
          name, "its library has no function " + symbol + ", so it is no external delegate");
    }
  }

  private static DelegateUnavailableException unavailable(String name, String reason) {
    return new DelegateUnavailableException(
        "delegate '%s' is unavailable: %s".formatted(name, reason));
  }
}
