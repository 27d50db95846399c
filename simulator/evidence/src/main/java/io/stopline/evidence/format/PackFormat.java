package io.stopline.evidence.format;

import java.util.regex.Pattern;

/** Names of a pack's files, and what a path may look like. */
public final class PackFormat {

  /** Of this form; a pack of another is refused. */
  public static final int VERSION = 1;

  public static final String MANIFEST = "manifest.json";
  public static final String FIGURES = "figures.json";
  public static final String CLAIMS = "claims.json";
  public static final String RULES = "rules.json";
  public static final String BOM = "bom.cdx.json";
  public static final String BUNDLE = "bundle/bundle.yaml";
  public static final String ATTESTATIONS = "attestations/";
  public static final String MANIFEST_ENVELOPE = ATTESTATIONS + "manifest.dsse.json";
  public static final String KEY = ATTESTATIONS + "key.pub";
  public static final String SCHEMA = "schema/manifest.schema.json";

  /** Class path name of the manifest's schema, beside this class. */
  public static final String SCHEMA_RESOURCE = "manifest.schema.json";

  private static final Pattern PATH =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}){0,7}");

  private PackFormat() {}

  /**
   * Whether a path is one that a pack may have: relative, of plain steps that begin with a letter
   * or digit, so that none leads out of the folder or hides in it.
   */
  public static boolean isPath(String path) {
    return PATH.matcher(path).matches();
  }

  /** A name for a file whose own has other characters. */
  public static String plain(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9_.+-]", "-").replaceAll("^[^A-Za-z0-9_]+", "");
    String cut = plain.length() > 80 ? plain.substring(plain.length() - 80) : plain;
    return cut.isEmpty() || !isPath(cut) ? "file" : cut;
  }
}
