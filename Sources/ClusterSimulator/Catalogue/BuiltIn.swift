/// Data that the program carries in itself, by name; it depends on no file beside it.
public enum BuiltIn {
  public static let catalogueNames = ["zcu106-nimblock", "zcu216-versaslot"]
  public static let boardNames = ["zcu106-10-little", "zcu216-big-little", "zcu216-only-little"]

  /// The JSON text of a catalogue of applications, if the program has it.
  public static func catalogue(_ name: String) -> [UInt8]? {
    switch name {
    case "zcu106-nimblock": PackageResources.zcu106_nimblock_json
    case "zcu216-versaslot": PackageResources.zcu216_versaslot_json
    default: nil
    }
  }

  /// The JSON text of a board's descriptor, if the program has it.
  public static func board(_ name: String) -> [UInt8]? {
    switch name {
    case "zcu106-10-little": PackageResources.zcu106_10_little_json
    case "zcu216-big-little": PackageResources.zcu216_big_little_json
    case "zcu216-only-little": PackageResources.zcu216_only_little_json
    default: nil
    }
  }
}
