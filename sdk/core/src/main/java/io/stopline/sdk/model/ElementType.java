package io.stopline.sdk.model;

/** The element types of tensors that a guard can write and read. */
public enum ElementType {
  FLOAT32(4),
  UINT8(1),
  INT8(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes an element. */
  public int bytes() {
    return bytes;
  }
}
