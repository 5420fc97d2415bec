// Name: The wake-up is lost
// Says: a getter that was woken and is cancelled leaves; nobody else is woken for the item
// Caught-by: Step3_Unused.TheItemOfAGetterCancelledAfterItsWakeUpGoesToTheNext

//: 11.3
template <class T, class Store>
void BasicQueue<T, Store>::pass_on() noexcept {}
