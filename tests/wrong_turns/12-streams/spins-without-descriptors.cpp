// Name: Trying again at once
// Says: your server without descriptors tries again at once, and uses a whole core for that
// Caught-by: Step8_Refused.WithoutDescriptorsItTriesAgainInASecond

//: 12.8
inline bool Listener::refused(int error) {
  switch (error) {
    case EINTR:
    case ECONNABORTED:  // and the other errors of one connection, as accept(2) lists them
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ETIMEDOUT:
      return true;
    default:  // EMFILE, ENFILE, ENOBUFS, ENOMEM: another try would find the same
      server_.report("a server cannot accept a connection",
                     std::make_exception_ptr(std::system_error(error, std::generic_category())));
      return true;
  }
}
