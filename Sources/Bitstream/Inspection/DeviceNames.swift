extension DeviceID {
  /// The devices that are known to have this IDCODE in their bitstreams, whatever their revision; two share one.
  public var names: [String] { Self.known.filter { matches(DeviceID(rawValue: $0.code)) }.map(\.name) }

  /// The codes that bitstreams state; on a Zynq device that of the programmable logic.
  ///
  /// From real bitstreams, and from the device tables of bitfiltrator (MIT), Bitman and the vendor's simulation models.
  private static let known: [(code: UInt32, name: String)] = [
    (0x0382_2093, "xcku040"), (0x0391_9093, "xcku060"),
    (0x0482_6093, "xczu1"), (0x04A4_3093, "xczu2"), (0x04A4_2093, "xczu3"), (0x04A4_7093, "xczu4"),
    (0x04A4_6093, "xczu5"), (0x0484_B093, "xczu6"), (0x04A5_A093, "xczu7ev"), (0x0484_A093, "xczu9"),
    (0x04A4_9093, "xck26"), (0x04A8_2093, "xczu28dr"), (0x04AA_7093, "xczu43dr"), (0x04AA_2093, "xczu46dr"),
    (0x04AA_9093, "xczu47dr"), (0x04AA_5093, "xczu48dr"), (0x04AA_8093, "xczu49dr"),
    (0x04AC_4093, "xcau10p"), (0x04AC_2093, "xcau15p"), (0x04A6_3093, "xcku3p"), (0x04A6_2093, "xcku5p"),
    (0x04B2_9093, "xcvu7p"), (0x04B3_1093, "xcvu9p"), (0x04B5_1093, "xcvu13p"), (0x04B7_9093, "xcvu37p"),
    (0x04B7_B093, "xcvu47p"), (0x04B3_7093, "xcu200"), (0x04B5_7093, "xcu250"), (0x04B7_D093, "xcu280"),
    (0x04B7_D093, "xcu55c"), (0x04B7_7093, "xcu50"), (0x05F5_A0FF, "softfpga"),
  ]
}
