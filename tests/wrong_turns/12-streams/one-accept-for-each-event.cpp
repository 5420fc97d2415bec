// Name: One accept for each event
// Says: your server accepts one client, and leaves the others for an event that does not come
// Caught-by: Step7_Accept.AllWhoWaitAreAccepted

//: 12.7
inline void Listener::run() {
  const Ref<Listener> alive(this);
  if (listening_ && !server_.full()) accept_one();
}
