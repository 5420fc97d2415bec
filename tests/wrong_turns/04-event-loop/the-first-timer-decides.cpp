// Name: The first timer decides
// Says: you set a new timer and leave the old one, so the silence is counted from the beginning
// Caught-by: Use4c_Shouter.EveryWordBuysTime

//: use-4c
void Shouter::wait_for_more() {
  end_of_patience_ = loop_.call_later(patience_, [this] {
    shout("bye");
    hang_up();
  });
}
