package io.stopline.campaign.proving;

import io.stopline.scene.scenario.Scenario;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of one track.
 *
 * @param number from 0
 * @param rows two a variant: the guard's, then the bare models'
 * @param scenarios what was driven, by {@code clean}, {@code benign} and {@code attack-NAME}
 */
record JudgedTrack(int number, List<Row> rows, Map<String, Scenario> scenarios) {
  JudgedTrack {
    rows = List.copyOf(rows);
    scenarios = Collections.unmodifiableMap(new LinkedHashMap<>(scenarios));
  }
}
