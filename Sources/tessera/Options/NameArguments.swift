public import ArgumentParser
public import Digests
public import Fabric
public import SlotAllocator

extension JobID: ExpressibleByArgument {
  public init?(argument: String) {
    guard let number = UInt64(argument), String(number) == argument else { return nil }
    self.init(rawValue: number)
  }
}

extension BoardID: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension SlotID: ExpressibleByArgument {
  public init?(argument: String) {
    guard let number = Int(argument), (0..<Limits.slotsPerBoard).contains(number), String(number) == argument else {
      return nil
    }
    self.init(rawValue: number)
  }
}

extension TenantName: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension PublisherName: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension VariantName: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension PublicKey: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension SlotKind: ExpressibleByArgument {}
extension PolicyName: ExpressibleByArgument {}
