package io.stopline.agent;

import io.stopline.agent.source.Capture;
import io.stopline.agent.source.FrameSource;
import io.stopline.agent.source.ImageFolder;
import io.stopline.agent.source.MjpegCamera;
import io.stopline.agent.source.PackedSet;
import io.stopline.agent.source.PictureDecoder;
import io.stopline.agent.source.StreamSource;
import io.stopline.agent.source.TimedDecoder;
import io.stopline.config.images.ImageFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
 * @param decodeMillis the longest that one picture may take to decode; null for 2 s where a picture
 *     shows the present, and for what {@link ImageFiles} allows where it is a file
 */
record SourceSettings(
    String location,
    @Nullable Double framesPerSecond,
    boolean loop,
    @Nullable Path credentials,
    int stallMillis,
    @Nullable Integer decodeMillis) {

  private static final Duration LIVE_DECODE_TIME = Duration.ofSeconds(2);

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

  private Duration decodeTime() {
    if (decodeMillis != null) {
      return Duration.ofMillis(decodeMillis);
    }
    return isCamera() || isStandardInput() ? LIVE_DECODE_TIME : ImageFiles.MAX_DECODE_TIME;
  }

  /**
   * Opens it. A camera need not be there yet; a folder must.
   *
   * @throws BadSetupException if it can never work
   */
  FrameSource open(InputStream standardInput) {
    PictureDecoder decoder = new TimedDecoder(decodeTime());
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
            decoder);
      }
      if (isStandardInput()) {
        return new StreamSource(standardInput, "standard input", decoder);
      }
      Path folder = Path.of(location);
      if (!Files.isDirectory(folder)) {
        throw new BadSetupException(
            "source '"
                + location
                + "' is neither a folder, nor an http(s) URL, nor '-'; check --source");
      }
      return PackedSet.isPackedSet(folder)
          ? new PackedSet(folder, loop, decoder)
          : new ImageFolder(folder, loop, decoder);
    } catch (IOException | IllegalArgumentException e) {
      throw new BadSetupException(String.valueOf(e.getMessage()));
    }
  }
}
