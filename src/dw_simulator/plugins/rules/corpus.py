"""Sentences as people leave them in warehouses, written for this project, and texts made of them."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from dw_simulator.engine.randomness import Stream
from dw_simulator.engine.selectors.permutation import Permutation

_NOTES = tuple(
    """Left with the neighbour at number nine
Please ring the bell twice
Gift wrapping was asked for
The customer called about a late parcel
Second delivery attempt failed
Box was damaged on one side
Refund agreed by phone
Invoice sent to the new address
Paid by card at the counter
Waiting for the supplier to confirm
Stock was counted again on Friday
Wrong colour was shipped
Exchange for a larger size
Deliver after five in the evening
Keep cool during transport
Fragile glass inside
The driver has the key
Price matched with another shop
Discount approved by the manager
Order was split into two shipments
Customer prefers email over phone
Address checked against the map
Tax exempt papers are on file
Returned without the original box
The warranty card is missing
A new label was printed
Held at the border for inspection
Cleared customs the same day
Express freight at no extra cost
Partial payment received
Balance is due next month
Contract renewed for a year
Account moved to the northern team
Quality check passed
Quality check found a scratch
Sample sent ahead of the order
Colour differs from the picture
Bulk order for a school
Seats together near the aisle
Two tickets were upgraded
The show was moved to Sunday
Doors open an hour earlier
Wheelchair access is needed
Vegetarian meal requested
Late checkout was granted
Room faces the garden
Regular visitor since the spring
Asked for a written quote
Quote accepted without changes
Quote declined because of the price
Competitor offered free delivery
Needs an answer before Thursday
Meeting set for the afternoon
Left a message with the office
No answer on the second call
Line was busy all morning
Opened a ticket with support
Ticket closed after a restart
The update fixed the problem
Password was reset on request
Report attached to the file
Numbers agree with last quarter
Difference of a few cents written off
Counted twice and found correct
Pallet stored in the upper rack
Moved to the warehouse by the river
Truck arrived ahead of time
Truck delayed by snow on the pass
Loaded in the order of the stops
Unload from the left side only
Signature was hard to read
Signed for by the caretaker
Handed over in person
Put behind the garden gate
Sent back because nobody was home
Customer will collect it tomorrow
Collected by a friend with a note
Spare parts are out of stock
Spare parts arrive in two weeks
Replacement shipped from another branch
Old unit to be picked up
Installation included in the price
Installer was very friendly
Manual is in three languages
Battery sold separately
Works with the older model too
Tested before it left the factory
Serial number does not match
Serial number was corrected
Photo added to the case
Insurance was informed
Insurance covers the full value
Claim settled within a week
Thank you note received
Rated five stars and a kind word
Complaint about the packaging
Less plastic was requested
Recycled boxes from now on
Reminder sent on the first
Second reminder goes out on Monday
Credit limit raised
Credit limit reached
Prepayment required for now
Bank details were verified
Currency is settled at shipping
Rounded in favour of the customer
Voucher used at checkout
Voucher expired a day too early
Points were added by hand
Member card not at hand
Joined the loyalty program
Unsubscribed from the newsletter
Survey answered in full
Found through a search engine
Recommended by a colleague
Saw the poster in the station
First order this season
Biggest order of the month
Small order with express shipping
Standing order every four weeks
Paused during the holidays
Resume in the second week of May
Do not bend
Handle with both hands
This side up
Keep away from direct light
Check the seal before opening
Opened by inspection and sealed again
Weight differs from the label
Label was wet and hard to scan
Scanned by hand at the gate
Gate code changed last night
Ask for the yellow form
Form signed and filed
Filed under the former name
Name changed after the merger
Merged with the parent account
Duplicate removed from the list
List sent to the regional office
Office closed for the week""".splitlines()
)


_REVIEWS = tuple(
    """Does exactly what it promises
I bought it as a present and it was a success
The colour is warmer than on the picture
Arrived a day early and well packed
Feels heavier than I expected, in a good way
The instructions could be clearer
My second one, and not the last
Broke after two weeks of light use
The shop replaced it without any questions
Good value, but the lid does not close tightly
Looks great next to the window
Too small for a family of four
Easy to clean, even after a long evening
The smell went away after three days
I would buy it again at once
The cable is too short for our kitchen
Better than the one we had for ten years
My daughter uses it every morning
It took a while to get used to the handle
The seams are neat and nothing rattles
Support answered within the hour
Not worth the full price, fine in the sale
The size runs a little large
A quiet little helper that just works
We took it camping and it survived the rain
One screw was missing, the rest is solid
The finish scratches easily
Even my father found it simple to set up
It replaced three other things in the drawer
The second delivery was the right one
Softer than it looks
A bit loud in the first minutes
Holds the heat for hours
The box alone is worth keeping
After a month there is nothing to complain about
I expected more from the battery
Fits perfectly under the desk
The fabric is thin, but warm enough
Five stars for the packaging, three for the rest
Neighbours have asked where we got it
Returned it and chose the larger model
Nice idea, poor hinges
The app is slow, the device is not
Still as good as on the first day""".splitlines()
)
_DESCRIPTIONS = tuple(
    """Made of solid wood from managed forests
The surface is sealed with plant oil
Folds flat in a few seconds
Suitable for indoors and outdoors
The cover can be washed at forty degrees
Rounded edges protect small hands
Comes with a bag for the journey
All parts can be replaced one by one
Holds up to eighty kilograms
The handle stays cool on the stove
A set of four in matching colours
Assembled by hand in a family workshop
Each piece differs slightly in its grain
Two pockets inside keep small things in order
The lid closes tightly and opens with one hand
Runs for a full day on one charge
Stacks neatly to save room
Resists water, dust and the usual knocks
Cut from one piece, without a seam
Delivered in a box of recycled paper
The straps adjust without a tool
Pairs well with the lamp of the same series
Every thread is dyed before it is woven
Heats evenly from the centre to the rim
Rubber feet keep it where it stands
Available in three sizes
The frame carries a guarantee of ten years
Wipe it with a damp cloth
A quiet motor with two speeds
Designed for narrow halls and small kitchens
The lining dries overnight
Screws and a key are in the box
Light enough to carry on a bike
The glass is hardened and free of lead
Needs no oil before its first use
Charges from any common plug
The scale is printed inside and stays legible
Soft on the outside, firm within
Grows with the child thanks to five positions
Its shape follows a model from the fifties""".splitlines()
)
KINDS = {"note": _NOTES, "review": _REVIEWS, "description": _DESCRIPTIONS}
_CHARACTERS = 1 << 18


@cache
def corpus(kind: str = "note") -> tuple[bytes, NDArray[np.int64], NDArray[np.int64]]:
    """Every sentence of a kind many times in changing order, as one text of ASCII characters.

    Returns the text, the offset of each sentence's start, and the offset of each word's end.
    """
    sentences = KINDS[kind]
    size = len(sentences)
    repeats = -(-_CHARACTERS // (sum(map(len, sentences)) + 2 * size))
    order = [
        int(k)
        for repeat in range(repeats)
        for k in Permutation(size, Stream.named(0, "corpus", str(repeat)))(np.arange(size, dtype=np.uint64))
    ]
    text = ". ".join(sentences[k] for k in order) + ". "
    data = np.frombuffer(text.encode(), dtype=np.uint8)
    lengths = np.array([len(sentences[k]) + 2 for k in order], dtype=np.int64)
    starts = np.cumsum(lengths) - lengths
    spaces = np.flatnonzero(data == ord(" "))
    return text.encode(), starts, spaces.astype(np.int64)
