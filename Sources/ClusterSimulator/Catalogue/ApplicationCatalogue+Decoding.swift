public import Fabric

extension ApplicationCatalogue {
  /// Checks and takes over a catalogue's JSON text, in O(`json.count`); `Documentation/manifests.md` lists its keys.
  ///
  /// - Throws: `ManifestError` with the place of the first fault.
  public init(json: [UInt8]) throws(ManifestError) {
    let entry = try CatalogueEntry(ManifestItem(reading: json))
    let kernels = KernelNaming(entry)
    var listings: [Listing] = []
    for (name, application) in entry.applications {
      guard let batchMaximum = entry.batchMaxima[name] else {
        throw ManifestError(.missingKey, at: "batchMax.\(name)", "the key is missing")
      }
      listings.append(
        Listing(
          application: try application.application(named: name, kernels: kernels), batchMaximum: batchMaximum,
          slotGoals: application.slotGoals))
    }
    self.init(
      board: entry.board, listings: listings, configurationTimes: entry.configurationTimes,
      isConfigurationSynchronous: entry.isConfigurationSynchronous, loadClasses: entry.loadClasses,
      priorities: entry.priorities)
  }
}
