"""Can these tables be trusted? How complete, fresh and free of doubles the records are."""
