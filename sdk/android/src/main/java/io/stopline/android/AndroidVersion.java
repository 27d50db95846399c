package io.stopline.android;

/** Asks Android which version it is. */
@FunctionalInterface
public interface AndroidVersion {

  /** The API level of the device, or 0 if this is not Android. */
  int apiLevel();

  /**
   * The device's own. {@code android.os.Build} is asked by reflection, so that this module compiles
   * without the Android SDK.
   */
  static AndroidVersion ofThisDevice() {
    return () -> {
      try {
        return Class.forName("android.os.Build$VERSION").getField("SDK_INT").getInt(null);
      } catch (ReflectiveOperationException e) {
        return 0;
      }
    };
  }
}
