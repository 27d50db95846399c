package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.Sha256;
import io.stopline.evaluation.Split;
import io.stopline.sdk.image.Image;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is said of one data set: its splits with counts, and whether anything of one split leaks
 * into another. Leaks are looked for three times: by the name of the physical sign (track), by the
 * pixels themselves, since a track may be named twice, and by a difference hash of 64 bits within a
 * class, which a slight change of size or light leaves as it is.
 */
final class DataSetSheet {

  private static final int MAX_SHOWN = 20;

  /**
   * What could leak out of a split.
   *
   * @param tracks names of physical signs
   * @param pixels the first file of each hash of pixels
   * @param looks the first file of each class and difference hash
   */
  private record Contents(
      String split, Set<String> tracks, Map<String, String> pixels, Map<String, String> looks) {}

  private DataSetSheet() {}

  /**
   * Looks at a data set; decodes every image.
   *
   * @param licence in the words of whoever packs; empty if it was not said
   */
  static ObjectNode of(Dataset data, String licence) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("name", data.name());
    node.put("licence", licence.isEmpty() ? null : licence);
    node.put("classes", data.classNames().size());
    data.notes().forEach(node.putArray("notes")::add);
    List<Contents> contents = new ArrayList<>();
    ArrayNode splits = node.putArray("splits");
    for (String name : data.splitNames()) {
      Split split = data.split(name);
      Set<String> named = new HashSet<>();
      Map<String, String> firstOf = new TreeMap<>();
      Map<String, String> firstLike = new TreeMap<>();
      MessageDigest whole = Sha256.digest();
      for (Sample sample : split.samples()) {
        if (sample.hasTrack() && !sample.isTrackOfItsOwn()) {
          named.add(sample.track());
        }
        Image image = sample.image();
        String file = sample.label() + "/" + sample.file();
        firstOf.putIfAbsent(hash(image, whole), file);
        firstLike.putIfAbsent(
            sample.label() + ":" + Long.toHexString(DifferenceHash.of(image)), file);
      }
      contents.add(new Contents(name, named, firstOf, firstLike));
      Integer signs = split.signs();
      splits
          .addObject()
          .put("name", name)
          .put("inputs", split.samples().size())
          .put("tracks", signs)
          .put("sha256", HexFormat.of().formatHex(whole.digest()));
    }
    node.set("leakage", leakage(contents));
    return node;
  }

  /** SHA-256 of size and pixels; the pixels alone go into the split's own, as reports have it. */
  private static String hash(Image image, MessageDigest whole) {
    MessageDigest digest = Sha256.digest();
    digest.update((image.width() + "x" + image.height()).getBytes(StandardCharsets.US_ASCII));
    for (int y = 0; y < image.height(); y++) {
      digest.update(image.data(), image.index(0, y), 3 * image.width());
      whole.update(image.data(), image.index(0, y), 3 * image.width());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static ArrayNode leakage(List<Contents> contents) {
    ArrayNode pairs = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < contents.size(); i++) {
      for (int j = i + 1; j < contents.size(); j++) {
        Contents one = contents.get(i);
        Contents other = contents.get(j);
        Set<String> shared = new HashSet<>(one.tracks());
        shared.retainAll(other.tracks());
        List<String> same = shared(one.pixels(), other.pixels());
        List<String> alike = shared(one.looks(), other.looks());
        ObjectNode pair =
            pairs
                .addObject()
                .put("splits", one.split() + ", " + other.split())
                .put("sharedTracks", shared.size())
                .put("tracksKnown", !one.tracks().isEmpty() && !other.tracks().isEmpty())
                .put("imagesWithEqualPixels", same.size())
                .put("imagesThatLookAlike", alike.size());
        same.stream().limit(MAX_SHOWN).forEach(pair.putArray("equal")::add);
        alike.stream().limit(MAX_SHOWN).forEach(pair.putArray("alike")::add);
      }
    }
    return pairs;
  }

  private static List<String> shared(Map<String, String> one, Map<String, String> other) {
    List<String> same = new ArrayList<>();
    one.forEach(
        (hash, file) -> {
          if (other.containsKey(hash)) {
            same.add(file + " = " + other.get(hash));
          }
        });
    return same;
  }
}
