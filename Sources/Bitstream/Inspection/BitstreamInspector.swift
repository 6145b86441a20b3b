extension BitstreamInspection {
  /// Reads a file of any format, in O(`bytes.count`).
  public init(of bytes: [UInt8]) {
    var inspector = BitstreamInspector(format: BitstreamFile.Format(of: bytes))
    inspector.read(bytes)
    self = inspector.result
  }
}

/// Reads containers as far as they can be read, and hands their payloads to a decoder.
private struct BitstreamInspector {
  private var collector: InspectionCollector
  /// Where the payload at hand lies.
  private var section: Int?
  private var payloadOffset: Int?

  init(format: BitstreamFile.Format) { collector = InspectionCollector(BitstreamInspection(format: format)) }

  mutating func read(_ bytes: [UInt8]) {
    guard bytes.count <= BitstreamFile.maximumByteCount else {
      note(.tooLarge(byteCount: bytes.count, limit: BitstreamFile.maximumByteCount))
      return
    }
    switch collector.inspection.format {
    case .bit: readBitFile(bytes[...])
    case .bin: readBinFile(bytes[...])
    case .xclbin: readXclbin(bytes)
    }
  }

  /// All that was read, with what follows from it.
  var result: BitstreamInspection {
    var inspection = collector.inspection
    inspection.registers = collector.registers.filter { $0.writeCount + $0.readCount > 0 }
    inspection.commands = collector.commands.filter { $0.count > 0 }
    if let header = inspection.header, !header.design.isEmpty {
      inspection.isPartial = BitFile.isPartial(design: header.design)
    } else {
      inspection.isPartial = isPartialByPackets
    }
    return inspection
  }

  private mutating func readBitFile(_ bytes: ArraySlice<UInt8>) {
    var header = BitHeader()
    var isComplete = false
    note(
      Self.failure { () throws(BitstreamError) in
        try header.read(bytes)
        isComplete = true
        _ = try header.payload()
      })
    collector.inspection.header =
      collector.inspection.header
      ?? .init(design: header.design, part: header.part, date: header.date, time: header.time)
    guard isComplete else { return }
    let payload = header.rest.prefix(header.statedByteCount)
    collector.inspection.trailingByteCount += header.rest.count - payload.count
    decode(payload, order: .bigEndian)
  }

  private mutating func readBinFile(_ bytes: ArraySlice<UInt8>) {
    var order: WordOrder?
    note(
      Self.failure { () throws(BitstreamError) in
        order = try BinFile.findOrder(of: bytes)
        _ = try BinFile(parsing: bytes)
      })
    if let order { decode(bytes, order: order) }
  }

  private mutating func readXclbin(_ bytes: [UInt8]) {
    var reader = XclbinReader(bytes: bytes)
    reader.read()
    note(reader.fault)
    collector.inspection.xclbin = .init(
      version: reader.version, platform: reader.platform, uuid: reader.uuid, sections: reader.sections)
    for kind in [XclbinSection.Kind.bitstream, .clearingBitstream] {
      // Of sections that come twice, which is a fault, the first counts: overlapping ones could be without number.
      guard let index = reader.sections.firstIndex(where: { $0.kind == kind }) else { continue }
      section = index
      payloadOffset = nil
      readBitFile(bytes[reader.sections[index].byteRange])
    }
  }

  private mutating func decode(_ payload: ArraySlice<UInt8>, order: WordOrder) {
    payloadOffset = payload.startIndex
    collector.inspection.wordOrder = order
    collector.begin(section: section, payloadOffset: payload.startIndex)
    let words = ConfigurationPayload(bytes: payload.dropLast(payload.count % 4), order: order)
    var decoder = PacketDecoder()
    let failure = Self.failure { () throws(BitstreamError) in
      try words.forEachPiece { piece throws(BitstreamError) in try decoder.decode(piece, into: &collector) }
      try decoder.finish()
    }
    note(collector.packetFault ?? failure)
  }

  /// What a body throws, or nil.
  private static func failure(of body: () throws(BitstreamError) -> Void) -> BitstreamError? {
    do throws(BitstreamError) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  private mutating func note(_ error: BitstreamError?) {
    guard let error, collector.inspection.fault == nil else { return }
    let wordOffset = payloadOffset == nil ? nil : error.wordOffset
    let offset = wordOffset.flatMap { words in payloadOffset.map { $0 + 4 * words } } ?? error.byteOffset
    collector.inspection.fault = .init(section: section, error: error, offset: offset, wordOffset: wordOffset)
  }

  /// What a bitstream without a header is for, by what it does.
  ///
  /// A partial shuts the running device down, or leaves it running and sets no start-up options. One for a whole device
  /// sets them (COR0) and starts it without shutting it down first.
  private var isPartialByPackets: Bool? {
    guard collector.inspection.frames.count > 0 else { return nil }
    if collector.commands[Int(ConfigurationCommand.shutdown.rawValue)].count > 0 { return true }
    return collector.registers[Int(ConfigurationRegister.cor0.rawValue)].writeCount == 0
  }
}

extension BitstreamError {
  /// Where in the payload the error is, for those that reading alone can find.
  fileprivate var wordOffset: Int? {
    switch self {
    case .malformedPacket(_, let offset), .unfinished(_, let offset): offset
    default: nil
    }
  }

  /// Where in the file the error is, for those that reading alone can find.
  fileprivate var byteOffset: Int? {
    switch self {
    case .malformedContainer(_, let offset), .malformedXclbin(_, _, let offset): offset
    default: nil
    }
  }
}
