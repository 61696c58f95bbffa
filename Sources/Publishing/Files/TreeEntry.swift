internal import Glibc

/// Something that goes into an archive.
struct TreeEntry {
    /// What it is.
    enum Kind: Equatable {
        case file
        case directory
        case symlink
    }

    let path: StoredPath
    let kind: Kind
    let mode: UInt16
    let version: FileVersion

    /// `nil` for what no archive can hold: sockets, pipes and devices.
    init?(_ path: StoredPath, _ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .directory
        case S_IFLNK: kind = .symlink
        default: return nil
        }
        self.path = path
        mode = UInt16(truncatingIfNeeded: status.st_mode & 0o7777)
        version = FileVersion(status)
    }

    /// The name by which entries are in order: that of a directory ends in a slash.
    var sortKey: [UInt8] { Array(path.text.utf8) + (kind == .directory ? [UInt8(ascii: "/")] : []) }
}

/// Which file it is and when it was last written: what must stay the same while it is read.
struct FileVersion: Equatable {
    let device: UInt64
    let number: UInt64
    let size: Int64
    let seconds: Int64
    let nanoseconds: Int64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
        size = Int64(status.st_size)
        seconds = Int64(status.st_mtim.tv_sec)
        nanoseconds = Int64(status.st_mtim.tv_nsec)
    }
}
