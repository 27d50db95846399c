package com.example;

// README: begin
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Region;
import java.nio.file.Path;
import java.time.Instant;

public final class EmbedStopline {
  public static void main(String[] args) {
    var sign = ImageFiles.read(Path.of(args[1])); // or Image.of(width, height, rgbBytes)
    try (var ready = GuardFactory.create(Bundle.load(Path.of(args[0])))) {
      var frame = new Frame(sign, Instant.now(), System.nanoTime(), 0, args[1]);
      var verdict = ready.guard().inspect(frame, Region.of(sign));
      System.out.printf(
          "%s: %s, p = %.3f%n", verdict.decision(), verdict.labelName(), verdict.pValue());
      verdict.reasons().forEach(reason -> System.out.println("  " + reason));
    }
  }
}
// README: end
