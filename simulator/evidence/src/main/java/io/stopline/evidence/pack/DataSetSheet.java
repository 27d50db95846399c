package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.Sha256;
import io.stopline.evaluation.Split;
import io.stopline.sdk.image.Image;
import java.security.MessageDigest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
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
    Map<String, Set<String>> tracks = new LinkedHashMap<>();
    Map<String, Map<String, String>> pixels = new LinkedHashMap<>();
    Map<String, Map<String, String>> looks = new LinkedHashMap<>();
    ArrayNode splits = node.putArray("splits");
    for (String name : data.splitNames()) {
      Split split = data.split(name);
      Set<String> named = new HashSet<>();
      Map<String, String> firstOf = new TreeMap<>();
      Map<String, String> firstLike = new TreeMap<>();
      MessageDigest whole = Sha256.digest();
      for (Sample sample : split.samples()) {
        if (sample.hasTrack()) {
          named.add(sample.track());
        }
        Image image = sample.image();
        firstOf.putIfAbsent(hash(image, whole), sample.file());
        firstLike.putIfAbsent(
            sample.label() + ":" + Long.toHexString(DifferenceHash.of(image)), sample.file());
      }
      tracks.put(name, named);
      pixels.put(name, firstOf);
      looks.put(name, firstLike);
      Integer signs = split.signs();
      splits
          .addObject()
          .put("name", name)
          .put("inputs", split.samples().size())
          .put("tracks", signs)
          .put("sha256", HexFormat.of().formatHex(whole.digest()));
    }
    node.set("leakage", leakage(tracks, pixels, looks));
    return node;
  }

  /** SHA-256 of size and pixels; the pixels alone go into the split's own, as reports have it. */
  private static String hash(Image image, MessageDigest whole) {
    MessageDigest digest = Sha256.digest();
    digest.update(
        (image.width() + "x" + image.height())
            .getBytes(StandardCharsets.US_ASCII));
    for (int y = 0; y < image.height(); y++) {
      digest.update(image.data(), image.index(0, y), 3 * image.width());
      whole.update(image.data(), image.index(0, y), 3 * image.width());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static ArrayNode leakage(
      Map<String, Set<String>> tracks,
      Map<String, Map<String, String>> pixels,
      Map<String, Map<String, String>> looks) {
    ArrayNode pairs = JsonNodeFactory.instance.arrayNode();
    List<String> names = new ArrayList<>(tracks.keySet());
    for (int i = 0; i < names.size(); i++) {
      for (int j = i + 1; j < names.size(); j++) {
        String one = names.get(i);
        String other = names.get(j);
        Set<String> shared = new HashSet<>(tracks.get(one));
        shared.retainAll(tracks.get(other));
        List<String> same = shared(pixels.get(one), pixels.get(other));
        List<String> alike = shared(looks.get(one), looks.get(other));
        ObjectNode pair =
            pairs
                .addObject()
                .put("splits", one + ", " + other)
                .put("sharedTracks", shared.size())
                .put("tracksKnown", !tracks.get(one).isEmpty() && !tracks.get(other).isEmpty())
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
