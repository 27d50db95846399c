package io.stopline.agent;

import io.stopline.agent.source.Capture;
import io.stopline.agent.source.FrameSource;
import io.stopline.agent.source.ImageFolder;
import io.stopline.agent.source.MjpegCamera;
import io.stopline.agent.source.PackedSet;
import io.stopline.agent.source.StreamSource;
import io.stopline.config.images.ImageFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What to watch.
 *
 * @param location URL of a camera, a folder, or {@code -} for standard input
 * @param framesPerSecond for recorded sources: 0 for every frame as fast as it can be judged, null
 *     for the profile's rate; a camera sets its own pace, and so does standard input if this is
 *     null
 * @param loop whether a recorded source starts again at its end
 * @param credentials of the camera, null for none
 * @param stallMillis so long without a picture is a stall
 */
record SourceSettings(
    String location,
    @Nullable Double framesPerSecond,
    boolean loop,
    @Nullable Path credentials,
    int stallMillis) {

  boolean isCamera() {
    return location.startsWith("http://") || location.startsWith("https://");
  }

  boolean isStandardInput() {
    return location.equals("-");
  }

  Capture.Pace pace() {
    if (isCamera() || (isStandardInput() && framesPerSecond == null)) {
      return Capture.Pace.LIVE;
    }
    return framesPerSecond != null && framesPerSecond == 0
        ? Capture.Pace.EVERY_FRAME
        : Capture.Pace.FIXED_RATE;
  }

  /**
   * Opens it. A camera need not be there yet; a folder must.
   *
   * @throws BadSetupException if it can never work
   */
  FrameSource open(InputStream standardInput) {
    try {
      if (isCamera()) {
        String authorization =
            credentials == null
                ? null
                : SecretFiles.basicAuthorization(SecretFiles.credentials(credentials));
        return new MjpegCamera(
            new MjpegCamera.Settings(
                URI.create(location),
                authorization,
                stallMillis,
                stallMillis,
                StreamSource.MAX_PICTURE_BYTES),
            ImageFiles::decode);
      }
      if (isStandardInput()) {
        return new StreamSource(standardInput, "standard input", ImageFiles::decode);
      }
      Path folder = Path.of(location);
      if (!Files.isDirectory(folder)) {
        throw new BadSetupException(
            "source '"
                + location
                + "' is neither a folder, nor an http(s) URL, nor '-'; check --source");
      }
      return PackedSet.isPackedSet(folder)
          ? new PackedSet(folder, loop, ImageFiles::decode)
          : new ImageFolder(folder, loop, ImageFiles::decode);
    } catch (IOException | IllegalArgumentException e) {
      throw new BadSetupException(String.valueOf(e.getMessage()));
    }
  }
}
