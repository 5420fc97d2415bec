// Name: Backing off for a client that has left
// Says: your server waits for a second after a client that has left, and all others wait with it
// Caught-by: Step8_Refused.WhoHasLeftDoesNotKeepTheOthersWaiting

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
      back_off(error);
      return false;
    default:  // EMFILE, ENFILE, ENOBUFS, ENOMEM: another try would find the same
      back_off(error);
      return false;
  }
}
