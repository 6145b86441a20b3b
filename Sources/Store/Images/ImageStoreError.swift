public import Bitstream
public import Digests
public import Fabric
public import Reconfig

/// Why a store of images, or a key's file, could not be read or changed.
public enum ImageStoreError: TesseraError, Hashable {
  case noStore(String)
  /// No image, or more than one, has an id that begins like this.
  case unknownImage(String, found: Int)
  case unknownKey(PublicKey)
  case tooManyImages(limit: Int)
  case tooManyKeys(limit: Int)
  /// A file is not what its name says any more.
  case changed(String, expected: String, found: String)
  case malformed(String, ManifestError)
  /// The image may not be in the store.
  case refused(ImageRefusal)
  /// A partial that was to be taken in writes what it must not.
  case unverified(SlotID, BitstreamError)
  case keyMissing(String)
  case keyExists(String)
  case keyNotMade(String, reason: String)
  case keyUnreadable(String, reason: String)
  /// Others than its owner can read a secret key.
  case keyExposed(String, permissions: String)
  case keyMalformed(String)
  case unavailable(String)

  public var code: String {
    switch self {
    case .noStore: "image.noStore"
    case .unknownImage: "image.unknown"
    case .unknownKey: "key.unknown"
    case .tooManyImages: "image.storeFull"
    case .tooManyKeys: "key.tooMany"
    case .changed: "image.changed"
    case .malformed(_, let error): error.code
    case .refused(let refusal): refusal.code
    case .unverified(_, let error): error.code
    case .keyMissing: "key.missing"
    case .keyExists: "key.exists"
    case .keyNotMade: "key.notMade"
    case .keyUnreadable: "key.unreadable"
    case .keyExposed: "key.exposed"
    case .keyMalformed: "key.malformed"
    case .unavailable: "image.storeUnavailable"
    }
  }

  public var message: String {
    switch self {
    case .noStore(let path): "there is no image store \(path)"
    case .unknownImage(let text, 0): "the store has no image \(text)"
    case .unknownImage(let text, let found): "\(found) images of the store begin with \(text)"
    case .unknownKey(let key): "the store does not trust \(key)"
    case .tooManyImages(let limit): "the store holds its limit of \(limit) images"
    case .tooManyKeys(let limit): "the store trusts its limit of \(limit) keys"
    case .changed(let path, let expected, let found):
      "\(path) was changed: its name says \(expected), its content is \(found)"
    case .malformed(let path, let error): "\(path): \(error.message)"
    case .refused(let refusal): refusal.message
    case .unverified(let slot, let error): "the partial for slot \(slot): \(error.message)"
    case .keyMissing(let path): "there is no key \(path)"
    case .keyExists(let path): "there is already a file \(path), and a key is not written over it"
    case .keyNotMade(let path, let reason): "the key \(path) cannot be written: \(reason)"
    case .keyUnreadable(let path, let reason): "the key \(path) cannot be read: \(reason)"
    case .keyExposed(let path, let permissions): "others can read the secret key \(path): its mode is \(permissions)"
    case .keyMalformed(let path): "\(path) is no secret key"
    case .unavailable(let reason): "the image store did not answer: \(reason)"
    }
  }

  public var hint: String {
    switch self {
    case .noStore: "build the images with 'tessera image build', or name the store with --images"
    case .unknownImage: "see 'tessera image list' for the images"
    case .unknownKey: "see 'tessera image keys' for the keys"
    case .tooManyImages: "take images away with 'tessera image rm'"
    case .tooManyKeys: "take keys away with 'tessera image untrust'"
    case .changed: "take the image away with 'tessera image rm' and push it again"
    case .malformed(_, let error): error.hint
    case .refused(let refusal): refusal.hint
    case .unverified(_, let error): error.hint
    case .keyMissing: "make one with 'tessera image keygen'"
    case .keyExists: "name another file"
    case .keyNotMade: "check that the folder is there, its permissions and its free space"
    case .keyUnreadable: "check the path and the file's permissions"
    case .keyExposed: "take the rights away with 'chmod 600', and make a new key if others may have read it"
    case .keyMalformed: "name the file that 'tessera image keygen' wrote"
    case .unavailable: "check the store's permissions and free space"
    }
  }
}
