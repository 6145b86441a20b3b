public import Fabric
internal import Bitstream

/// What the first data frame of an image says; the emulated board knows a kernel by that alone.
///
/// The frame has 93 words:
///
///     0        magic word, the letters "TESS" with the first one lowest
///     1        format version, 1
///     2        0 a single kernel, 1 a serial bundle, 2 a parallel bundle
///     3        stages: 1 for a single kernel, 2 or 3 for a bundle
///     4, 5     microseconds per launch, the low half first
///     6 to 9   byte offsets of the registers: input address, input byte count, output address, output byte count;
///              for a parallel bundle those of stage 0
///     10 to 81 three times 24 words: a stage's kernel name in UTF-8, the first byte of four lowest, then zeros
///     82 to 89 for a parallel bundle the offsets of the stages 1 and 2 in the same order, else zeros
///     90, 91   zero
///     92       the checksum of the words before it
///
/// The checksum is the CRC that the configuration logic keeps (``ConfigurationCRC``) of the 92 words as if written to
/// FDRI.
public struct KernelFrame: Sendable, Hashable {
  /// The first word of every kernel frame.
  public static let magic: UInt32 = 0x5353_4554
  /// The format that this version reads and writes.
  public static let version: UInt32 = 1
  /// The most kernels in a bundle.
  public static let maximumStageCount = 3
  /// The longest launch: a day, as in manifests.
  public static let maximumMicrosecondsPerLaunch = 86_400_000_000

  /// What the image computes.
  public let function: ImageFunction
  /// The modelled time of one launch, 0 to ``maximumMicrosecondsPerLaunch``.
  public let microsecondsPerLaunch: Int
  /// Where the arguments are found: for each stage of a parallel bundle, else once.
  public let registers: [KernelRegisters]

  /// Describes an image.
  ///
  /// - Throws: ``SoftFPGAError/unfitImage(_:)`` where the time, the number of stages or the arguments do not fit the
  ///   frame.
  public init(
    function: ImageFunction, microsecondsPerLaunch: Int, arguments: [ArgumentRegisters]
  ) throws(SoftFPGAError) {
    if case .bundle(_, let kernels) = function {
      guard 2...Self.maximumStageCount ~= kernels.count else {
        throw .unfitImage("a bundle of \(kernels.count) kernels; 2 to \(Self.maximumStageCount) are possible")
      }
    }
    let registers =
      if case .bundle(.parallel, let kernels) = function {
        try KernelRegisters.ofStages(kernels.count, in: arguments)
      } else { [try KernelRegisters(arguments)] }
    try self.init(function: function, microsecondsPerLaunch: microsecondsPerLaunch, registers: registers)
  }

  private init(
    function: ImageFunction, microsecondsPerLaunch: Int, registers: [KernelRegisters]
  ) throws(SoftFPGAError) {
    guard 0...Self.maximumMicrosecondsPerLaunch ~= microsecondsPerLaunch else {
      throw .unfitImage(
        "\(microsecondsPerLaunch) microseconds per launch; 0 to \(Self.maximumMicrosecondsPerLaunch) are possible")
    }
    if let reason = KernelRegisters.conflict(in: registers) { throw .unfitImage(reason) }
    self.function = function
    self.microsecondsPerLaunch = microsecondsPerLaunch
    self.registers = registers
  }

  /// The kernels in the order of the stages.
  public var kernels: [KernelName] {
    switch function {
    case .kernel(let name): [name]
    case .bundle(_, let names): names
    }
  }
}

extension KernelFrame {
  /// The frame's 93 words.
  public var words: [UInt32] {
    var words: [UInt32] = [
      Self.magic, Self.version, mode.rawValue, UInt32(kernels.count),
      UInt32(truncatingIfNeeded: microsecondsPerLaunch), UInt32(truncatingIfNeeded: microsecondsPerLaunch >> 32),
    ]
    words += registers.prefix(1).flatMap(Self.words)
    for kernel in kernels { words += Self.words(ofName: kernel) }
    words += Array(repeating: 0, count: Self.laterOffsetsIndex - words.count)
    words += registers.dropFirst().flatMap(Self.words)
    words += Array(repeating: 0, count: Self.checksumIndex - words.count)
    words.append(Self.checksum(of: words))
    return words
  }

  /// Reads a frame.
  ///
  /// - Throws: ``SoftFPGAError``: the first thing that is wrong, of magic word, version, checksum and content.
  public init(words: [UInt32]) throws(SoftFPGAError) {
    guard words.count == Part.wordsPerFrame else {
      throw .malformedFrame("it has \(words.count) words instead of \(Part.wordsPerFrame)")
    }
    guard words[0] == Self.magic else { throw .notAKernelFrame(firstWord: words[0]) }
    guard words[1] == Self.version else { throw .unsupportedFrameVersion(found: words[1], supported: Self.version) }
    let (stored, computed) = (words[Self.checksumIndex], Self.checksum(of: words))
    guard stored == computed else { throw .frameChecksumMismatch(stored: stored, computed: computed) }
    let stageCount = Int(words[3])
    guard 1...Self.maximumStageCount ~= stageCount else { throw .malformedFrame("it has \(stageCount) stages") }
    let namesEnd = Self.namesIndex + stageCount * Self.wordsPerName
    let laterStageCount = words[2] == Mode.parallel.rawValue ? stageCount - 1 : 0
    let offsetsEnd = Self.laterOffsetsIndex + laterStageCount * Self.offsetsPerStage
    guard words[namesEnd..<Self.laterOffsetsIndex].allSatisfy({ $0 == 0 }),
      words[offsetsEnd..<Self.checksumIndex].allSatisfy({ $0 == 0 })
    else { throw .malformedFrame("words without a meaning are not zero") }
    let offsets =
      [Self.offsetsIndex] + stride(from: Self.laterOffsetsIndex, to: offsetsEnd, by: Self.offsetsPerStage)
    var kernels: [KernelName] = []
    for start in stride(from: Self.namesIndex, to: namesEnd, by: Self.wordsPerName) {
      kernels.append(try Self.name(in: words[start..<start + Self.wordsPerName]))
    }
    do throws(SoftFPGAError) {
      try self.init(
        function: try Self.function(mode: words[2], kernels: kernels),
        microsecondsPerLaunch: Int(truncatingIfNeeded: UInt64(words[4]) | UInt64(words[5]) << 32),
        registers: offsets.map { Self.registers(in: words[$0..<$0 + Self.offsetsPerStage]) })
    } catch .unfitImage(let reason) {
      throw .malformedFrame(reason)
    }
  }

  private enum Mode: UInt32 { case single, serial, parallel }

  private var mode: Mode {
    switch function {
    case .kernel: .single
    case .bundle(.serial, _): .serial
    case .bundle(.parallel, _): .parallel
    }
  }

  private static let offsetsIndex = 6
  private static let offsetsPerStage = 4
  private static let namesIndex = 10
  private static let laterOffsetsIndex = namesIndex + maximumStageCount * wordsPerName
  private static let wordsPerName = KernelName.maximumByteCount / 4
  private static let checksumIndex = Part.wordsPerFrame - 1

  private static func checksum(of words: [UInt32]) -> UInt32 {
    var crc = ConfigurationCRC()
    for word in words.prefix(checksumIndex) { crc.update(word: word, register: .fdri) }
    return crc.value
  }

  private static func words(_ registers: KernelRegisters) -> [UInt32] {
    [registers.inputAddress, registers.inputByteCount, registers.outputAddress, registers.outputByteCount]
      .map { UInt32(truncatingIfNeeded: $0) }
  }

  private static func registers(in words: ArraySlice<UInt32>) -> KernelRegisters {
    let offsets = words.map { Int($0) }
    return KernelRegisters(
      inputAddress: offsets[0], inputByteCount: offsets[1], outputAddress: offsets[2], outputByteCount: offsets[3])
  }

  private static func words(ofName name: KernelName) -> [UInt32] {
    var words = [UInt32](repeating: 0, count: wordsPerName)
    for (index, byte) in name.text.utf8.enumerated() { words[index / 4] |= UInt32(byte) << (8 * (index % 4)) }
    return words
  }

  private static func name(in words: ArraySlice<UInt32>) throws(SoftFPGAError) -> KernelName {
    var bytes: [UInt8] = []
    for word in words { for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(word >> shift & 0xFF)) } }
    while bytes.last == 0 { bytes.removeLast() }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let name = KernelName(text) else { throw .malformedFrame("'\(text)' is no kernel name") }
    return name
  }

  private static func function(mode: UInt32, kernels: [KernelName]) throws(SoftFPGAError) -> ImageFunction {
    switch (Mode(rawValue: mode), kernels.count) {
    case (.single, 1): return .kernel(kernels[0])
    case (.serial, 2...): return .bundle(.serial, kernels)
    case (.parallel, 2...): return .bundle(.parallel, kernels)
    default: throw .malformedFrame("mode \(mode) with \(kernels.count) stages")
    }
  }
}
