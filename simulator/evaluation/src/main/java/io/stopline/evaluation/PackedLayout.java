package io.stopline.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.stopline.config.files.WholeFile;
import io.stopline.sdk.image.Region;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How the cells of a sheet are laid out; {@code dataset.yaml} says so, and where it is missing
 * sheets have 30 columns of 32×32 px.
 *
 * @param cellWidth px
 * @param cellHeight px
 * @param columns cells a row
 */
record PackedLayout(int cellWidth, int cellHeight, int columns) {

  static final String FILE = "dataset.yaml";
  static final PackedLayout DEFAULT = new PackedLayout(32, 32, 30);

  /** Larger cells are not signs, and 30 of them a row would not fit an image. */
  static final int MAX_CELL = 1024;

  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  PackedLayout {
    if (cellWidth < 1 || cellHeight < 1 || cellWidth > MAX_CELL || cellHeight > MAX_CELL) {
      throw new IllegalArgumentException(
          "cells of %d×%d px are not in 1..%d".formatted(cellWidth, cellHeight, MAX_CELL));
    }
    if (columns < 1 || columns > 1000) {
      throw new IllegalArgumentException("%d columns are not in 1..1000".formatted(columns));
    }
  }

  static PackedLayout read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return DEFAULT;
    }
    try {
      return YAML.readValue(file.toFile(), PackedLayout.class);
    } catch (JsonProcessingException e) {
      throw new UnusableDatasetException(
          "'%s' is not a layout of a packed set (cellWidth, cellHeight, columns): %s"
              .formatted(file, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "'%s' cannot be read (%s)".formatted(file, e.getMessage()), e);
    }
  }

  void write(Path folder) throws IOException {
    WholeFile.write(
        folder.resolve(FILE),
        "cellWidth: %d\ncellHeight: %d\ncolumns: %d\n".formatted(cellWidth, cellHeight, columns));
  }

  Region cell(int number) {
    return new Region(
        number % columns * cellWidth, number / columns * cellHeight, cellWidth, cellHeight);
  }
}
