internal import Bitstream

/// A bitstream's file as `image inspect` prints it.
struct InspectionReport: Report {
  struct Stream: Encodable {
    let section: Nullable<Int>
    let die: Int
    let offset: Int
    let wordOffset: Int
    let device: Nullable<String>
    let deviceNames: [String]
    let ended: Bool
  }

  struct Register: Encodable {
    let register: String
    let address: Int
    let writes: Int
    let words: Int
    let reads: Int
  }

  struct Command: Encodable {
    let command: String
    let count: Int
  }

  struct Frames: Encodable {
    let stream: Nullable<Int>
    let offset: Int
    let wordOffset: Int
    let address: Nullable<String>
    let blockType: Nullable<Int>
    let row: Nullable<Int>
    let column: Nullable<Int>
    let minor: Nullable<Int>
    let frameCount: Nullable<Int>
    let wordCount: Int
  }

  struct CRCWord: Encodable {
    let stream: Nullable<Int>
    let offset: Int
    let wordOffset: Int
    let stored: String
    let computed: String
    let verified: Bool
  }

  struct StrayWord: Encodable {
    let offset: Int
    let word: String
  }

  struct Section: Encodable {
    let kind: String
    let name: String
    let offset: Int
    let byteCount: Int
  }

  struct Xclbin: Encodable {
    let version: String
    let platform: String
    let uuid: String
  }

  struct Fault: Encodable {
    let code: String
    let message: String
    let section: Nullable<Int>
    let offset: Nullable<Int>
    let wordOffset: Nullable<Int>
  }

  let file: String
  let byteCount: Int
  let format: String
  let wordOrder: Nullable<String>
  let design: Nullable<String>
  let part: Nullable<String>
  let date: Nullable<String>
  let time: Nullable<String>
  let device: Nullable<String>
  let deviceNames: [String]
  let family: Nullable<String>
  let partial: Nullable<Bool>
  let encrypted: Bool
  let streams: [Stream]
  let streamsOmitted: Int
  let registers: [Register]
  let commands: [Command]
  let frames: [Frames]
  let framesOmitted: Int
  let multipleFrameWrites: Int
  let crcWords: [CRCWord]
  let crcWordsOmitted: Int
  let crcMismatches: Int
  let strayWords: [StrayWord]
  let strayWordsOmitted: Int
  let trailingByteCount: Int
  let xclbin: Nullable<Xclbin>
  let sections: [Section]
  let fault: Nullable<Fault>

  init(_ inspection: BitstreamInspection, file: String, byteCount: Int) {
    (self.file, self.byteCount) = (file, byteCount)
    format = inspection.format.rawValue
    wordOrder = Nullable(inspection.wordOrder.map { $0 == .bigEndian ? "bigEndian" : "littleEndian" })
    design = Nullable(inspection.header?.design)
    part = Nullable(inspection.header?.part)
    date = Nullable(inspection.header?.date)
    time = Nullable(inspection.header?.time)
    device = Nullable(inspection.device?.description)
    deviceNames = inspection.device?.names ?? []
    family = Nullable(inspection.family?.rawValue)
    partial = Nullable(inspection.isPartial)
    encrypted = inspection.isEncrypted
    streams = inspection.streams.items.map(Stream.init)
    streamsOmitted = inspection.streams.omittedCount
    registers = inspection.registers.map(Register.init)
    commands = inspection.commands.map { Command(command: $0.command?.description ?? "above 31", count: $0.count) }
    frames = inspection.frames.items.map(Frames.init)
    framesOmitted = inspection.frames.omittedCount
    multipleFrameWrites = inspection.multipleFrameWriteCount
    crcWords = inspection.crcWords.items.map(CRCWord.init)
    crcWordsOmitted = inspection.crcWords.omittedCount
    crcMismatches = inspection.crcMismatchCount
    strayWords = inspection.strayWords.items.map { StrayWord(offset: $0.offset, word: Hexadecimal.text($0.word)) }
    strayWordsOmitted = inspection.strayWords.omittedCount
    trailingByteCount = inspection.trailingByteCount
    xclbin = Nullable(inspection.xclbin.map(Xclbin.init))
    sections = inspection.xclbin?.sections.map(Section.init) ?? []
    fault = Nullable(inspection.fault.map(Fault.init))
  }
}

extension InspectionReport.Stream {
  fileprivate init(_ stream: BitstreamInspection.Stream) {
    self.init(
      section: Nullable(stream.section), die: stream.die, offset: stream.offset, wordOffset: stream.wordOffset,
      device: Nullable(stream.device?.description), deviceNames: stream.device?.names ?? [], ended: stream.isEnded)
  }
}

extension InspectionReport.Register {
  fileprivate init(_ use: BitstreamInspection.RegisterUse) {
    self.init(
      register: use.register.description, address: Int(use.register.rawValue), writes: use.writeCount,
      words: use.wordCount, reads: use.readCount)
  }
}

extension InspectionReport.Frames {
  fileprivate init(_ run: BitstreamInspection.FrameRun) {
    self.init(
      stream: Nullable(run.stream), offset: run.offset, wordOffset: run.wordOffset,
      address: Nullable(run.address?.description), blockType: Nullable(run.fields?.blockType),
      row: Nullable(run.fields?.row), column: Nullable(run.fields?.column), minor: Nullable(run.fields?.minor),
      frameCount: Nullable(run.frameCount), wordCount: run.wordCount)
  }
}

extension InspectionReport.CRCWord {
  fileprivate init(_ word: BitstreamInspection.CRCWord) {
    self.init(
      stream: Nullable(word.stream), offset: word.offset, wordOffset: word.check.wordOffset,
      stored: Hexadecimal.text(word.check.stored), computed: Hexadecimal.text(word.check.computed),
      verified: word.check.isMatch)
  }
}

extension InspectionReport.Section {
  fileprivate init(_ section: XclbinSection) {
    self.init(
      kind: section.kind.description, name: section.name, offset: section.byteRange.lowerBound,
      byteCount: section.byteRange.count)
  }
}

extension InspectionReport.Xclbin {
  fileprivate init(_ xclbin: BitstreamInspection.XclbinSummary) {
    self.init(version: xclbin.version, platform: xclbin.platform, uuid: Hexadecimal.text(xclbin.uuid))
  }
}

extension InspectionReport.Fault {
  fileprivate init(_ fault: BitstreamInspection.Fault) {
    self.init(
      code: fault.error.code, message: fault.error.message, section: Nullable(fault.section),
      offset: Nullable(fault.offset), wordOffset: Nullable(fault.wordOffset))
  }
}
