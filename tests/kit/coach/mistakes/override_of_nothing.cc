// Says: exactly this signature
#include <aio/aio.hpp>

class MyClock : public aio::Clock {
 public:
  time_point now() override;  // here
};
