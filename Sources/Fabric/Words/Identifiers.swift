public import Digests

/// The number of a job, given by the broker that committed it; printed in decimal.
public struct JobID: Sendable, Hashable, Comparable, RawRepresentable, Codable, CustomStringConvertible {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  public var description: String { String(rawValue) }
}

/// The number of a job's ownership; only ever grows, and only the current one's owner can commit.
public struct Epoch: Sendable, Hashable, Comparable, RawRepresentable, Codable, CustomStringConvertible {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  public var description: String { String(rawValue) }
  /// The epoch that the next ownership takes.
  public var next: Epoch { Epoch(rawValue: rawValue + 1) }
  /// What a job has before anybody owns it.
  public static let none = Epoch(rawValue: 0)
}

/// A number that an agent reports; another one whenever its fabric state or its journal was lost.
public struct Incarnation: Sendable, Hashable, RawRepresentable, Codable, CustomStringConvertible {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public var description: String { String(rawValue) }
}

/// The position of a record in a journal, counted from 1.
public struct SequenceNumber: Sendable, Hashable, Comparable, RawRepresentable, Codable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  /// Before the first record.
  public static let zero = SequenceNumber(rawValue: 0)
  public var next: SequenceNumber { SequenceNumber(rawValue: rawValue + 1) }
}

/// A slot of one board, by its position in the board's descriptor.
public struct SlotID: Sendable, Hashable, Comparable, RawRepresentable, Codable, CustomStringConvertible {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  public var description: String { String(rawValue) }
}

/// An image, named by the SHA-256 of its manifest.
public struct ImageID: Sendable, Hashable, Comparable, RawRepresentable, Codable, CustomStringConvertible {
  public let rawValue: Digest
  public init(rawValue: Digest) { self.rawValue = rawValue }
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  public var description: String { rawValue.hexadecimal }
}

/// A shell, named by the SHA-256 of its canonical description.
public struct ShellID: Sendable, Hashable, RawRepresentable, Codable, CustomStringConvertible {
  public let rawValue: Digest
  public init(rawValue: Digest) { self.rawValue = rawValue }
  public var description: String { rawValue.hexadecimal }
}

/// A buffer in a board's memory.
public struct BufferID: Sendable, Hashable, RawRepresentable, Codable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
}
