// Name: Backing off, and going on all the same
// Says: your refused() backs off, and says that the next one can be accepted: it returns true
// Caught-by: Step8_Refused.WithoutDescriptorsItTriesAgainInASecond

//: 12.8
inline bool Listener::refused(int error) {
  switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ETIMEDOUT:
      return true;
    default:
      back_off(error);
      return true;
  }
}
