package io.stopline.config.images;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a file is, told by how its bytes begin and never by its name.
 *
 * @param what it is, such as "a WebP image"
 * @param cure what to do where it is not read; empty where it is read
 */
record FileKind(String what, String cure) {

  static final FileKind PNG = new FileKind("a PNG image", "");
  static final FileKind JPEG = new FileKind("a JPEG image", "");
  static final FileKind PPM = new FileKind("a PPM image", "");

  private static final String CONVERT =
      "convert it, for instance with ImageMagick: magick IN OUT.png";

  /**
   * @param offset where the bytes must be
   * @param bytes one character a byte
   */
  private record Magic(FileKind kind, int offset, String bytes) {
    boolean isIn(String beginning) {
      return beginning.startsWith(bytes, offset);
    }
  }

  /** The first that fits is taken. */
  private static final List<Magic> MAGIC =
      List.of(
          new Magic(PNG, 0, "\u0089PNG\r\n\u001a\n"),
          new Magic(JPEG, 0, "\u00ff\u00d8\u00ff"),
          new Magic(PPM, 0, "P6"),
          new Magic(
              new FileKind(
                  "a PNG image whose line ends were changed on its way", "copy it again as binary"),
              0,
              "\u0089PNG"),
          new Magic(convert("a WebP image"), 8, "WEBP"),
          new Magic(convert("a GIF image"), 0, "GIF8"),
          new Magic(convert("a TIFF image or a camera's raw file"), 0, "II*\0"),
          new Magic(convert("a TIFF image or a camera's raw file"), 0, "MM\0*"),
          new Magic(convert("a TIFF image (BigTIFF)"), 0, "II+\0"),
          new Magic(convert("a TIFF image (BigTIFF)"), 0, "MM\0+"),
          new Magic(convert("an AVIF image"), 4, "ftypavi"),
          new Magic(convert("a HEIC image, as phones write them"), 4, "ftyphei"),
          new Magic(convert("a HEIC image, as phones write them"), 4, "ftyphev"),
          new Magic(convert("a HEIF image, as phones write them"), 4, "ftypmif1"),
          new Magic(convert("a HEIF image, as phones write them"), 4, "ftypmsf1"),
          new Magic(convert("a camera's raw file"), 4, "ftypcrx"),
          new Magic(frames("a video (MP4 or QuickTime)"), 4, "ftyp"),
          new Magic(frames("a video (AVI)"), 8, "AVI "),
          new Magic(frames("a video (Matroska or WebM)"), 0, "\u001aE\u00df\u00a3"),
          new Magic(convert("a JPEG XL image"), 0, "\u00ff\n"),
          new Magic(convert("a JPEG XL image"), 4, "JXL \r\n"),
          new Magic(convert("a JPEG 2000 image"), 4, "jP  \r\n"),
          new Magic(convert("a JPEG 2000 image"), 0, "\u00ffO\u00ffQ"),
          new Magic(convert("a Photoshop file"), 0, "8BPS"),
          new Magic(convert("an icon (ICO)"), 0, "\0\0\u0001\0"),
          new Magic(convert("a PDF document"), 0, "%PDF"),
          new Magic(new FileKind("an archive (ZIP)", "unpack it"), 0, "PK\u0003\u0004"),
          new Magic(new FileKind("an archive (gzip)", "unpack it"), 0, "\u001f\u008b"),
          new Magic(new FileKind("an archive (7z)", "unpack it"), 0, "7z\u00bc\u00af"),
          new Magic(new FileKind("an array of NumPy", "save it as PNG"), 0, "\u0093NUMPY"),
          new Magic(
              new FileKind(
                  "a Git LFS pointer, not the file that it points to",
                  "fetch the files with 'git lfs pull'"),
              0,
              "version https://git-lfs"));

  /** Netpbm's formats beside P6: the magic, then white space or a comment. */
  private static final Pattern OTHER_NETPBM = Pattern.compile("(?s)P[1-57F][\\s#].*");

  /** "BM" begins words too, so the four reserved bytes are looked at as well. */
  private static final Pattern BMP = Pattern.compile("(?s)BM.{4}\\x00{4}.*");

  /** No more of a file is looked at, so that a long one costs nothing. */
  private static final int BEGINNING = 512;

  /** Tells the kind of a part of a buffer, which must not be empty. */
  static FileKind of(byte[] data, int offset, int length) {
    String beginning =
        new String(data, offset, Math.min(length, BEGINNING), StandardCharsets.ISO_8859_1);
    for (Magic magic : MAGIC) {
      if (magic.isIn(beginning)) {
        return magic.kind();
      }
    }
    if (OTHER_NETPBM.matcher(beginning).matches()) {
      return convert("a Netpbm image of kind %s".formatted(beginning.substring(0, 2)));
    }
    if (BMP.matcher(beginning).matches()) {
      return convert("a BMP image");
    }
    if (beginning.chars().allMatch(c -> c == 0)) {
      return new FileKind(
          "a file that begins with zeros, as an unfinished copy leaves it", "copy it again");
    }
    if (beginning.chars().allMatch(c -> c >= ' ' || (c >= '\t' && c <= '\r'))
        && beginning.chars().filter(c -> c > '~').count() * 4 <= beginning.length()) {
      return ofText(beginning.replace("\u00ef\u00bb\u00bf", "").strip());
    }
    return new FileKind("of no kind that is known", "convert it to one of these, or get it again");
  }

  private static FileKind ofText(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.startsWith("<!doctype html")
        || lower.startsWith("<html")
        || lower.contains("<head")) {
      return new FileKind(
          "a web page (HTML)", "download the image itself: the server may have asked for a login");
    }
    if (lower.contains("<svg")) {
      return convert("an SVG drawing");
    }
    if (lower.contains("/annex/objects/")) {
      return new FileKind(
          "a git-annex pointer, not the file that it points to",
          "fetch the files with 'git annex get'");
    }
    String first = text.lines().findFirst().orElse("").replaceAll("[^ -~]", "?");
    return new FileKind(
        "a text file that begins '%s'"
            .formatted(first.length() > 40 ? first.substring(0, 40) + "…" : first),
        "get the image file itself");
  }

  private static FileKind convert(String what) {
    return new FileKind(what, CONVERT);
  }

  private static FileKind frames(String what) {
    return new FileKind(what, "take frames out of it: ffmpeg -i IN OUT-%05d.png");
  }

  boolean isRead() {
    return cure.isEmpty();
  }
}
