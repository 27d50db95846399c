package io.stopline.tflite;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TensorFlow Lite's GPU delegate (C functions {@code TfLiteGpuDelegateV2Create} and {@code
 * TfLiteGpuDelegateV2Delete}), where this platform has it: in the TensorFlow Lite library itself or
 * in {@code libtensorflowlite_gpu_delegate} on the library path, with an OpenCL device to run on.
 */
final class GpuDelegate {

  private static final String CREATE = "TfLiteGpuDelegateV2Create";
  private static final String DELETE = "TfLiteGpuDelegateV2Delete";
  private static final String OWN_LIBRARY = "tensorflowlite_gpu_delegate";
  private static final List<String> OPEN_CL = List.of("OpenCL", "libOpenCL.so.1");
  private static final long CL_DEVICE_TYPE_GPU = 4;

  private GpuDelegate() {}

  /**
   * @return the library that has the delegate
   * @throws DelegateUnavailableException if there is no GPU delegate or no GPU
   */
  static NativeLibrary ask() {
    NativeLibrary library = library();
    if (library == null) {
      throw unavailable(
          "TensorFlow Lite's library for this platform has no "
              + CREATE
              + " and there is no library '"
              + OWN_LIBRARY
              + "' on the library path");
    }
    if (!hasGpu()) {
      throw unavailable("OpenCL finds no GPU on this machine");
    }
    return library;
  }

  /**
   * @throws DelegateUnavailableException if there is no GPU delegate or no GPU, or it refuses
   */
  static Delegates.Handle create() {
    NativeLibrary library = ask();
    // NULL options: TensorFlow Lite's defaults.
    Pointer delegate = library.getFunction(CREATE).invokePointer(new Object[] {Pointer.NULL});
    if (delegate == null) {
      throw unavailable("TensorFlow Lite could not create it");
    }
    Function delete = library.getFunction(DELETE);
    return new Delegates.Handle("gpu", delegate, d -> delete.invokeVoid(new Object[] {d}));
  }

  private static @Nullable NativeLibrary library() {
    for (String candidate : List.of(TfLiteRuntime.load(), OWN_LIBRARY)) {
      try {
        NativeLibrary library = NativeLibrary.getInstance(candidate);
        library.getFunction(CREATE);
        library.getFunction(DELETE);
        return library;
      } catch (UnsatisfiedLinkError e) {
        // Not there: the next place is asked.
      }
    }
    return null;
  }

  /** {@code clGetPlatformIDs} and {@code clGetDeviceIDs}, OpenCL 1.2 specification, section 4. */
  private static boolean hasGpu() {
    for (String name : OPEN_CL) {
      try {
        NativeLibrary openCl = NativeLibrary.getInstance(name);
        Function platforms = openCl.getFunction("clGetPlatformIDs");
        Function devices = openCl.getFunction("clGetDeviceIDs");
        Pointer[] ids = new Pointer[16];
        IntByReference count = new IntByReference();
        if (platforms.invokeInt(new Object[] {ids.length, ids, count}) != 0) {
          return false;
        }
        for (int i = 0; i < Math.min(count.getValue(), ids.length); i++) {
          IntByReference gpus = new IntByReference();
          Object[] query = {ids[i], CL_DEVICE_TYPE_GPU, 0, Pointer.NULL, gpus};
          if (devices.invokeInt(query) == 0 && gpus.getValue() > 0) {
            return true;
          }
        }
        return false;
      } catch (UnsatisfiedLinkError e) {
        // No such name: the next is asked.
      }
    }
    return false;
  }

  private static DelegateUnavailableException unavailable(String reason) {
    return new DelegateUnavailableException("delegate 'gpu' is unavailable: " + reason);
  }
}
