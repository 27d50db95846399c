package io.stopline.evaluation.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.config.files.GivenFile;
import io.stopline.evaluation.UnusableDatasetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of a model's classes as people write them down: one a line in the order of the outputs;
 * with a number before each ({@code 0 Stop}, {@code 0,Stop}, {@code 0: Stop}), a header line before
 * those ({@code ClassId,SignName}); or as JSON, a list, {@code {"0": "Stop"}} or Keras' {@code
 * {"Stop": 0}}. UTF-8, or UTF-16 with a byte-order mark; any kind of line end.
 *
 * @param names in the order of the outputs
 * @param first number of the first one: 1 if the file counts from 1, else 0
 */
public record LabelFile(List<String> names, int first) {

  /** Name of a number that is not used. */
  private static final String UNUSED = "n/a";

  private static final int MAX_BYTES = 1 << 20;
  private static final Pattern NUMBERED =
      Pattern.compile("\"?(\\d{1,6})\"?(?:\\s*[:,;.)]\\s*|\\s+-\\s+|\\s+)(\\S.*)");

  /** Of a table of numbers and names; what else it has is not read. */
  private static final Pattern HEADER =
      Pattern.compile(
          "\"?(?:class_?id|class|id|index|label|number)\"?\\s*([,;\\t])\\s*\"?[\\p{L}_ ]+\"?(?:\\1.*)?",
          Pattern.CASE_INSENSITIVE);

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  public LabelFile {
    names = List.copyOf(names);
  }

  /**
   * Reads a file.
   *
   * @throws UnusableDatasetException if it cannot be read, is no text in a known encoding, is empty
   *     or has numbers that leave a gap; names file, line and cure
   */
  public static LabelFile read(Path file) {
    return of(file.toString(), bytes(file));
  }

  /**
   * The same for a detector, whose numbers may leave gaps, as those of COCO do: a number that no
   * line has is called {@code n/a}.
   *
   * @throws UnusableDatasetException as {@link #read}, but for gaps
   */
  public static LabelFile readWithGaps(Path file) {
    LabelFile read = read(file);
    Map<Integer, String> numbered = new TreeMap<>();
    for (String line : read.names()) {
      Matcher matcher = NUMBERED.matcher(line);
      if (!matcher.matches()
          || numbered.put(Integer.valueOf(matcher.group(1)), unquoted(matcher.group(2))) != null) {
        return read;
      }
    }
    int first = numbered.keySet().iterator().next();
    int last = first;
    for (int number : numbered.keySet()) {
      last = number;
    }
    // Names that begin with numbers, such as speed limits, leave more out than they have.
    if (numbered.size() < 2 || first > 1 || last - first >= 2 * numbered.size()) {
      return read;
    }
    List<String> names = new ArrayList<>();
    for (int number = first; number <= last; number++) {
      names.add(numbered.getOrDefault(number, UNUSED));
    }
    return new LabelFile(names, first);
  }

  /**
   * The same from bytes.
   *
   * @param name for messages
   */
  static LabelFile of(String name, byte[] bytes) {
    String text = decode(name, bytes).strip();
    if (text.isEmpty()) {
      throw new UnusableDatasetException(
          "'%s' is empty; write one class name a line, in the order of the model's outputs"
              .formatted(name));
    }
    if (text.startsWith("[") || text.startsWith("{")) {
      return json(name, text);
    }
    List<String> lines = new ArrayList<>();
    for (String line : text.split("\r\n|\n|\r", -1)) {
      if (line.isBlank()) {
        throw new UnusableDatasetException(
            "%s:%d: is empty; write one class name a line, in the order of the model's outputs"
                .formatted(name, lines.size() + 1));
      }
      lines.add(line.strip());
    }
    Matcher header = HEADER.matcher(lines.get(0));
    if (lines.size() > 1 && header.matches()) {
      return table(name, lines, header.group(1));
    }
    Map<Integer, String> numbered = numbered(lines);
    return numbered.isEmpty() ? new LabelFile(lines, 0) : inOrder(name, numbered);
  }

  private static byte[] bytes(Path file) {
    try {
      String problem = GivenFile.problem(file, MAX_BYTES);
      if (!problem.isEmpty()) {
        throw new UnusableDatasetException(
            "'%s' %s; name a file with one class name a line".formatted(file, problem));
      }
      return GivenFile.read(file, MAX_BYTES);
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "'%s' cannot be read (%s); check its permissions".formatted(file, e.getMessage()), e);
    }
  }

  private static String decode(String name, byte[] bytes) {
    Charset charset = StandardCharsets.UTF_8;
    if (startsWith(bytes, 0xff, 0xfe)) {
      charset = StandardCharsets.UTF_16LE;
    } else if (startsWith(bytes, 0xfe, 0xff)) {
      charset = StandardCharsets.UTF_16BE;
    }
    String text;
    try {
      text =
          charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString();
    } catch (CharacterCodingException e) {
      throw new UnusableDatasetException(
          "'%s' is no UTF-8 text (first at line %d), so its names cannot be told; save it as UTF-8, for example with: iconv -f WINDOWS-1252 -t UTF-8 (or -f SHIFT_JIS, GB18030, ISO-8859-1: whatever it was written in)"
              .formatted(name, lineOfFault(bytes)),
          e);
    }
    if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
      text = text.substring(1);
    }
    int control = firstControl(text);
    if (control >= 0) {
      throw new UnusableDatasetException(
          "'%s' is no plain text: it has a character U+%04X; if it is UTF-16 without a byte-order mark, save it as UTF-8"
              .formatted(name, (int) text.charAt(control)));
    }
    return text;
  }

  private static boolean startsWith(byte[] bytes, int first, int second) {
    return bytes.length >= 2 && (bytes[0] & 0xff) == first && (bytes[1] & 0xff) == second;
  }

  private static int firstControl(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i)) && "\t\r\n".indexOf(text.charAt(i)) < 0) {
        return i;
      }
    }
    return -1;
  }

  /** The line at which bytes stop being UTF-8. */
  private static int lineOfFault(byte[] bytes) {
    int line = 1;
    int start = 0;
    for (int i = 0; i <= bytes.length; i++) {
      if (i == bytes.length || bytes[i] == '\n') {
        byte[] one = Arrays.copyOfRange(bytes, start, i);
        if (!Arrays.equals(
            one, new String(one, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))) {
          return line;
        }
        line++;
        start = i + 1;
      }
    }
    return 1;
  }

  /** Rows of number, name and whatever else below a header. */
  private static LabelFile table(String name, List<String> lines, String separator) {
    Map<Integer, String> names = new TreeMap<>();
    Pattern row =
        Pattern.compile(
            "\"?(\\d{1,6})\"?\\s*%1$s\\s*(\"(?:[^\"]|\"\")*\"|[^%1$s]+)(?:%1$s.*)?"
                .formatted(separator));
    for (int i = 1; i < lines.size(); i++) {
      Matcher matcher = row.matcher(lines.get(i));
      if (!matcher.matches()
          || names.put(Integer.valueOf(matcher.group(1)), unquoted(matcher.group(2))) != null) {
        throw new UnusableDatasetException(
            "%s:%d: '%s' is no number of its own with a name, as the header '%s' promises; write NUMBER%sNAME lines, or one name a line"
                .formatted(name, i + 1, lines.get(i), lines.get(0), separator));
      }
    }
    return inOrder(name, names);
  }

  /**
   * Numbers and names if every line has both, each number once, counting up from 0 or 1; else
   * empty. Names that begin with numbers, such as speed limits, do not count up.
   */
  private static Map<Integer, String> numbered(List<String> lines) {
    Map<Integer, String> names = new TreeMap<>();
    for (String line : lines) {
      Matcher matcher = NUMBERED.matcher(line);
      if (!matcher.matches()
          || names.put(Integer.valueOf(matcher.group(1)), unquoted(matcher.group(2))) != null) {
        return Map.of();
      }
    }
    int first = names.keySet().iterator().next();
    return first <= 1 && names.size() > 1 && isGapless(names) ? names : Map.of();
  }

  private static boolean isGapless(Map<Integer, String> names) {
    int expected = names.keySet().iterator().next();
    for (int number : names.keySet()) {
      if (number != expected++) {
        return false;
      }
    }
    return true;
  }

  private static String unquoted(String name) {
    String plain = name.strip();
    return plain.length() > 1 && plain.startsWith("\"") && plain.endsWith("\"")
        ? plain.substring(1, plain.length() - 1).replace("\"\"", "\"").strip()
        : plain;
  }

  private static LabelFile inOrder(String name, Map<Integer, String> numbered) {
    if (numbered.isEmpty() || !isGapless(numbered)) {
      throw new UnusableDatasetException(
          "'%s' has numbers that do not count up without a gap (%s); give each of the model's outputs one name"
              .formatted(name, numbered.keySet()));
    }
    int first = numbered.keySet().iterator().next();
    if (first > 1) {
      throw new UnusableDatasetException(
          "'%s' counts from %d; the model's outputs are counted from 0".formatted(name, first));
    }
    return new LabelFile(List.copyOf(numbered.values()), first);
  }

  private static LabelFile json(String name, String text) {
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new UnusableDatasetException(
          "'%s' begins like JSON but is none (line %d); write one class name a line instead"
              .formatted(name, e.getLocation() == null ? 1 : e.getLocation().getLineNr()),
          e);
    }
    Map<Integer, String> names = new TreeMap<>();
    boolean clash = false;
    if (root.isArray()) {
      for (JsonNode each : root) {
        clash |= !each.isTextual() || names.put(names.size(), each.asText().strip()) != null;
      }
    } else {
      for (Map.Entry<String, JsonNode> field : root.properties()) {
        boolean keyed = field.getValue().isTextual() && field.getKey().matches("\\d{1,6}");
        boolean valued = field.getValue().isInt();
        clash |=
            keyed
                ? names.put(Integer.valueOf(field.getKey()), field.getValue().asText().strip())
                    != null
                : !valued || names.put(field.getValue().intValue(), field.getKey().strip()) != null;
      }
    }
    if (clash || names.isEmpty()) {
      throw new UnusableDatasetException(
          "'%s' is JSON of another kind; names are read from a list of texts, {\"0\": \"Stop\", …} or {\"Stop\": 0, …}"
              .formatted(name));
    }
    return inOrder(name, names);
  }
}
